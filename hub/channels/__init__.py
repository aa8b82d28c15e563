"""Channels as they are read: envelopes by place, one's own wrap of an epoch, who may see what."""
