"""Handlers: parameters in, a service's answer, a shape out."""
