"""The playground: a page in the browser in which the network is drawn for, trained, watched and broken.

`sessions` holds what is trained, `server` answers the page's requests, and `page` is the page itself.
"""
