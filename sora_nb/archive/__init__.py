"""The archive of a character: what is in it, and how it is packed and unpacked."""
