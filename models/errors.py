"""The errors that the models raise, and the base of every error a user can meet."""


class StancewireError(Exception):
    """Base of every error that the command line prints without a traceback."""


class LabelError(StancewireError):
    """A label that cannot be used: names the row and the remedy."""


class CheckpointError(StancewireError):
    """A checkpoint or base that cannot be loaded: names the place and the remedy."""


class BackendError(StancewireError):
    """An inference backend that cannot be used: names what is missing or wrong and the remedy."""
