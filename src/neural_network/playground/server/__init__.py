"""The HTTP server of the playground: security, requests in JSON, and the endpoints of each view."""
