"""Who may see what, and joining what is stored with what is live. Imports domain, storage and live."""
