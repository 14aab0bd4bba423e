"""The browser playground: a page, and a server on this machine that shows it the real network."""
