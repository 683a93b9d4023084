"""What the faces read: lists with filters, an order and cursors, and what the stages left in their folders."""
