"""Handlers: parameters and a body in, a service's answer, a shape out."""
