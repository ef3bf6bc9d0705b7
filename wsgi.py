"""The door for a WSGI server: `gunicorn wsgi:app`."""

from civicfund.app import create_app
from config import Config

app = create_app(Config)
