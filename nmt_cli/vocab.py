"""The four special symbols and their ids, written here and nowhere else."""

PAD_ID = 0
UNK_ID = 1
BOS_ID = 2
EOS_ID = 3
