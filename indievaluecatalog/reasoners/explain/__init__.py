"""What a trained reasoner goes by: which answers tell about which, and which questions are worth asking."""
