"""Ground floor: places, diagnostics, civil dates."""
