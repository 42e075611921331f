"""gunicorn --config python:config.gunicorn; the address comes by --bind."""

import os

wsgi_app = "config.wsgi"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = 4
timeout = 60
graceful_timeout = 20
keepalive = 5
# Gives back what a process has gathered over time; the jitter keeps both from going at once.
max_requests, max_requests_jitter = 5000, 500
preload_app = True
control_socket_disable = True
# The portal logs each request itself, without what stands after the question mark.
accesslog = None
