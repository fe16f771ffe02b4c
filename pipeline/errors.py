"""The errors a user can meet. Each text names the place and the remedy."""

from models.errors import StancewireError as StancewireError


class ConfigError(StancewireError):
    """A configuration that cannot run: names the key and the choices."""


class InputError(StancewireError):
    """An input that cannot be read at all (one bad row is a reject, not an error)."""
