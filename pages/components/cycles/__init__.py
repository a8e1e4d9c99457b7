"""Parts of the pages of cycles: resolutions and UPR."""
