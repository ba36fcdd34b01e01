"""Facts about IR, computed afresh when asked for and never kept up to date by hand."""
