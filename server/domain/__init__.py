"""What is true: frozen data and rules. Imports the standard library only."""
