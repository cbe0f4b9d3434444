"""The pages and the workbench as people use them: in the system's Chromium, driven by Playwright.

chromium     which Chromium, or why there is none
probes.js    what a test asks a page (added to the page: the pages themselves have no script)
paper        what a PDF printed by Chromium says of its sheets
laboratory   JupyterLab on a copy of the project, and a notebook run in it
"""
