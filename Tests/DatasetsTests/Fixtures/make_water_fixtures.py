"""Makes images with water on them, by the operators of OpenCV and scikit-image that ImageNet-C's `spatter` is defined with.

    pip install numpy opencv-python-headless scikit-image
    python make_water_fixtures.py

Made with OpenCV 5.0.0 and scikit-image 0.26.0. It reads the image that `make_image_fixtures.py` has made.
"""

import gzip
import pathlib

import cv2
import numpy as np
from skimage.filters import gaussian

FOLDER = pathlib.Path(__file__).parent / "images"
SIZE = 32
# Mean and deviation of the noise, blur, threshold: severities 1 to 3.
SEVERITIES = [(0.62, 0.1, 0.7, 0.7), (0.65, 0.1, 0.8, 0.7), (0.65, 0.3, 1, 0.69)]


def noise(seed):
    """The same numbers as `ImageCorruptionTests.noise`."""
    state, values = seed, []
    for _ in range(SIZE * SIZE):
        state = (state * 1664525 + 1013904223) % 2**32
        values.append(state >> 24)
    return (np.array(values, np.float64).reshape(SIZE, SIZE) - 128) / 64


def with_water(image, layer, severity):
    mean, deviation, sigma, threshold = severity
    liquid = gaussian(mean + deviation * layer, sigma=sigma)
    liquid = (np.where(liquid < threshold, 0, liquid) * 255).astype(np.uint8)
    distance = cv2.distanceTransform(255 - cv2.Canny(liquid, 50, 150), cv2.DIST_L2, 5)
    distance = cv2.equalizeHist(cv2.blur(np.minimum(distance, 20), (3, 3)).astype(np.uint8))
    relief = cv2.filter2D(distance, cv2.CV_8U, np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]))
    cover = liquid.astype(np.float32) * cv2.blur(relief, (3, 3)).astype(np.float32)
    color = np.array([175, 238, 238], np.float32) / 255
    result = image.astype(np.float32) / 255 + 0.5 * (cover / cover.max())[..., None] * color
    return (np.clip(result, 0, 1) * 255).astype(np.uint8)


def main():
    image = np.frombuffer(gzip.decompress((FOLDER / "clean.gz").read_bytes()), np.uint8).reshape(SIZE, SIZE, 3)
    results = [with_water(image, noise(seed), severity) for severity in SEVERITIES for seed in (41, 42, 43)]
    (FOLDER / "water.gz").write_bytes(gzip.compress(np.stack(results).tobytes(), 9, mtime=0))


if __name__ == "__main__":
    main()
