"""Says over HTTP what it costs to send a parcel."""
