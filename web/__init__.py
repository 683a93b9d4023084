"""The web faces: approvals on the phone, the console in the browser, the HTTP API."""
