# The module that the program imports, here and in the TaskManagers.
def shout(word):
    return word.upper() + '!'
