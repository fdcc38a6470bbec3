"""What a system means, twice: `interpret` is the definition, `encode` mirrors it for the solver."""
