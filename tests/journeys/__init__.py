"""A real Chromium against the real demo: what people do at their desks, from sign-in to the file."""
