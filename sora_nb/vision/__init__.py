"""What pictures show: faces, cuts, sharpness and light, and which seconds show somebody best."""
