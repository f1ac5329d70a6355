import Configuration
import FusionBench

print("x")
