"""Exercises: write a backward pass yourself, and be told what is wrong with it.

    minigan exercise list
    minigan exercise start dense        # writes dense.py: the statement, the signature, no answer
    minigan exercise check dense.py     # right, or the likely mistake

exercise.py says what an exercise is, patterns.py how a mistake is known by its result, answers.py
runs somebody's file, and each other file is an exercise; what its solver begins with lies under the
same name in sheets.
"""
