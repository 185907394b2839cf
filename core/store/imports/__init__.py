"""Files of other systems, read into the store: recognize, validate, insert, infer."""
