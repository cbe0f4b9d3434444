"""The order: check, run the notebooks with Papermill, export them with nbconvert, publish atomically."""
