"""Measures of a generator, where a look at its samples is not enough.

modes.py    mixtures whose modes are known: how many are found, how well, how evenly
"""
