"""What in an answer the documents support: claims, the evidence for each, and citations. No model, linear time."""
