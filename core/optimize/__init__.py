"""The best layout: which item stands where and how wide; arrays in, a plan with its bound out."""
