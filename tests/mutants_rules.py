"""Bugs in the rules' options: smoothing, modes, the worse player, several players, penalties.

See mutants.py for the form.
"""

RULES = """
"""
