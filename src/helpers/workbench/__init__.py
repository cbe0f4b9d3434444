"""JupyterLab for this project: its server and its form (`form`), what its welcome notebook shows (`welcome`)."""
