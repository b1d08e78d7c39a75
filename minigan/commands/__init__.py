"""What each command of the command line does, a file a command.

`add_to(sub)` adds its words to the parser, `run(args)` does it and returns the exit status. What is
slow to import is named as `imports` beside it.
"""
