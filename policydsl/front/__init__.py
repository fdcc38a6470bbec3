"""Text to core: resolve, check, lower; `load` is the one pipeline."""
