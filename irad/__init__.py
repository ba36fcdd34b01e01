"""irad: automatic differentiation as a compiler pass for ordinary Python."""
