"""A recorded training in one page that needs no server: for a course's web space, or a talk.

    client.py      asks the server's endpoints, without a network
    recording.py   what the page may ask, answered for some steps of a training of built-in digits
    page.py        the page's files and the recording in one HTML file

The page's modules are the same as with a server; js/replay/ answers them from the recording.
"""
