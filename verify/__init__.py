"""Proves a sign-in: the token, the API server's answer to it, and what the person may do."""
