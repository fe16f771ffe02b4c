"""The commands of `stancewire`, one module each; `pipeline.cli` names them."""
