"""Stand-ins for what a machine without a container registry or advisory mirror cannot fetch."""
