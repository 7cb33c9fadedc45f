"""From a folder of notebooks to one record for each student."""
