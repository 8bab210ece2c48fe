"""Why the file of a deployment cannot be used."""


class BadDeployment(Exception):
    """The file is not complete or contradicts itself; the sentence names file and place."""
