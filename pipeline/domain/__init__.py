"""The rules, pure: no clock, no chance, no input or output; time and randomness come in as arguments."""
