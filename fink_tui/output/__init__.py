"""What leaves the program: records of targets and answers, and tables of them in every form."""
