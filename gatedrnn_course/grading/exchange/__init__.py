"""What crosses between a judge and the function it judges: arrays in, arrays out. Both processes load it."""
