"""What the pages train: a session for each tab, with its runs, and the time line of each run."""
