"""Makes the images that the tests decode, and what Pillow, Datasets and Transformers make of them.

    pip install pillow numpy scipy datasets transformers torch
    python make_image_fixtures.py

Made with Pillow 13.0.0 (libjpeg-turbo 3.2.0), datasets 5.2.0 and transformers 5.23.0. Pixels stand in files of their own,
as bytes compressed with gzip.
"""

import gzip
import io
import json
import pathlib
import shutil
import struct
import zlib

import numpy as np
from datasets import Image as ImageFeature
from PIL import Image
from scipy.ndimage import gaussian_filter
from transformers import CLIPImageProcessorPil

FOLDER = pathlib.Path(__file__).parent / "images"


def noise(height, width, channels, seed):
    """The same samples as `Samples.noise` of the tests."""
    state, values = seed, []
    for _ in range(height * width * channels):
        state = (state * 1664525 + 1013904223) % 2**32
        values.append(state >> 24)
    array = np.array(values, np.uint8).reshape(height, width, channels)
    return array[..., 0] if channels == 1 else array


def picture(height, width, seed=1):
    """Something with edges, smooth parts and noise."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [(x * 255 // max(1, width - 1)), (y * 255 // max(1, height - 1)), ((x + y) * 5 % 256)]
    image = np.stack(planes, -1).astype(np.int64)
    image[(x - width / 2) ** 2 + (y - height / 2) ** 2 < (min(height, width) / 3) ** 2] = [220, 40, 90]
    image += noise(height, width, 3, seed).astype(np.int64) // 16 - 8
    return np.clip(image, 0, 255).astype(np.uint8)


def store(name, data):
    path = FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def store_pixels(name, array):
    store(name + ".gz", gzip.compress(np.ascontiguousarray(array).tobytes(), 9, mtime=0))


# PNG, of every kind that the format knows.


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def packed(row, depth):
    """Samples of a row as PNG packs them."""
    if depth == 16:
        return row.astype(">u2").tobytes()
    if depth == 8:
        return row.astype(np.uint8).tobytes()
    bits = "".join(format(int(v), f"0{depth}b") for v in row)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))


def png(samples, color_type, depth, interlaced=False, chunks=b"", late=b""):
    height, width, _ = samples.shape
    passes = [samples]
    if interlaced:
        starts = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
        passes = [samples[y::dy, x::dx] for y, x, dy, dx in starts]
    rows = b"".join(b"\0" + packed(row.reshape(-1), depth) for part in passes if part.shape[1] for row in part)
    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, interlaced)
    parts = [chunk(b"IHDR", header), chunks, chunk(b"IDAT", zlib.compress(rows)), late, chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def png_files():
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
    depths = {0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16]}
    transparency = {
        0: chunk(b"tRNS", struct.pack(">H", 1)),
        2: chunk(b"tRNS", struct.pack(">HHH", 1, 2, 3)),
        3: chunk(b"tRNS", bytes([0, 128])),
    }
    for color_type in channels:
        for depth in depths[color_type]:
            samples = noise(11, 13, 2 * channels[color_type], 7 + depth).reshape(11, 13, -1, 2).astype(np.int64)
            samples = samples[..., 0] * 256 + samples[..., 1] >> 16 - depth
            if color_type == 0 and depth == 16:
                # Most are too large for 8 bits; some are not.
                samples[::2] //= 256
            palette = b""
            if color_type == 3:
                # Fewer colours than indices.
                colors = noise(1, min(2**depth, 200), 3, 3)
                palette = chunk(b"PLTE", colors.tobytes())
            for interlaced in [False, True]:
                name = f"png_{color_type}_{depth}" + ("_interlaced" if interlaced else "")
                yield name, png(samples, color_type, depth, interlaced, palette)
            if color_type in transparency:
                yield f"png_{color_type}_{depth}_transparent", png(
                    samples, color_type, depth, False, palette + transparency[color_type]
                )
    file = io.BytesIO()
    Image.fromarray(picture(33, 47)).save(file, "PNG", optimize=True)
    yield "png_filtered", file.getvalue()
    yield "png_1x1", png(np.array([[[9, 8, 7]]]), 2, 8)


# JPEG, of every kind that Pillow writes.


def jpeg(array, mode=None, **options):
    file = io.BytesIO()
    image = Image.fromarray(array)
    (image.convert(mode) if mode else image).save(file, "JPEG", **options)
    return file.getvalue()


def jpeg_files():
    for subsampling, name in enumerate(["444", "422", "420"]):
        for height, width in [(1, 1), (8, 8), (17, 33), (40, 31)]:
            yield f"jpeg_{name}_{height}x{width}", jpeg(picture(height, width), subsampling=subsampling, quality=85)
    image = picture(37, 45)
    for quality in [5, 50, 100]:
        yield f"jpeg_quality_{quality}", jpeg(image, quality=quality)
    yield "jpeg_progressive", jpeg(image, progressive=True)
    yield "jpeg_restarts", jpeg(image, restart_marker_blocks=2)
    yield "jpeg_optimized", jpeg(image, optimize=True)
    yield "jpeg_rgb", jpeg(image, keep_rgb=True)
    yield "jpeg_gray", jpeg(image, "L")
    yield "jpeg_gray_progressive", jpeg(image, "L", progressive=True)
    cmyk = jpeg(image, "CMYK", quality=90)
    yield "jpeg_cmyk", cmyk
    # The last byte of Adobe's segment says that colours are stored as YCCK.
    place = cmyk.index(b"Adobe") + 11
    yield "jpeg_ycck", cmyk[:place] + b"\x02" + cmyk[place + 1 :]


# Orientation.


def exif(orientation, kind=3, big_endian=True, count=1):
    order = ">" if big_endian else "<"
    value = {3: struct.pack(order + "HH", orientation, 0), 4: struct.pack(order + "I", orientation)}[kind]
    entries = [struct.pack(order + "HHI", 0x0100, 4, 1) + struct.pack(order + "I", 13)]
    entries += [struct.pack(order + "HHI", 0x0112, kind, count) + value]
    head = (b"MM\0*" if big_endian else b"II*\0") + struct.pack(order + "I", 8)
    return head + struct.pack(order + "H", len(entries)) + b"".join(entries) + b"\0\0\0\0"


def orientation_files():
    image = picture(9, 14)

    def with_segment(content):
        data = jpeg(image)
        return data[:2] + b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content + data[2:]

    def with_exif(content):
        return with_segment(b"Exif\0\0" + content)

    samples = noise(5, 8, 3, 5).astype(np.int64)
    for orientation in range(10):
        yield f"turned_jpeg_{orientation}", with_exif(exif(orientation))
        yield f"turned_png_{orientation}", png(samples, 2, 8, chunks=chunk(b"eXIf", exif(orientation)))
    yield "turned_little_endian", with_exif(exif(6, big_endian=False))
    yield "turned_long", with_exif(exif(8, kind=4))
    yield "turned_late", png(samples, 2, 8, late=chunk(b"eXIf", exif(6)))
    yield "turned_gray", png(samples[..., :1], 0, 8, chunks=chunk(b"eXIf", exif(5)))
    for form in ['<x tiff:Orientation="6"/>', "<tiff:Orientation>7</tiff:Orientation>", '<x tiff:Orientation="x"/>']:
        text = form.encode()
        name = "turned_xmp_" + "".join(c for c in form if c.isdigit() or c == "x")[-1]
        yield name + "_jpeg", with_segment(b"http://ns.adobe.com/xap/1.0/\0" + text)
        head = b"XML:com.adobe.xmp\0"
        yield name + "_png", png(samples, 2, 8, chunks=chunk(b"iTXt", head + b"\0\0\0\0" + text))
        yield name + "_compressed", png(
            samples, 2, 8, chunks=chunk(b"iTXt", head + b"\1\0\0\0" + zlib.compress(text))
        )

    def profile(orientation, prefix=b"Exif\0\0"):
        block = prefix + exif(orientation)
        digits = block.hex()
        lines = [digits[i : i + 72] for i in range(0, len(digits), 72)]
        return f"\nexif\n{len(block):8}\n".encode() + "\n".join(lines).encode() + b"\n"

    # EXIF as ImageMagick wrote it before PNG had a chunk for it.
    key = b"Raw profile type exif\0"
    compressed = chunk(b"zTXt", key + b"\0" + zlib.compress(profile(8)))
    yield "turned_text", png(samples, 2, 8, chunks=chunk(b"tEXt", key + profile(6)))
    yield "turned_text_plain", png(samples, 2, 8, chunks=chunk(b"tEXt", key + profile(7, prefix=b"")))
    yield "turned_text_compressed", png(samples, 2, 8, chunks=compressed)
    yield "turned_text_international", png(samples, 2, 8, chunks=chunk(b"iTXt", key + b"\0\0\0\0" + profile(5)))
    yield "turned_text_late", png(samples, 2, 8, late=compressed)
    yield "turned_text_twice", png(samples, 2, 8, chunks=compressed + chunk(b"tEXt", key + profile(6)))
    yield "turned_text_and_chunk", png(samples, 2, 8, chunks=chunk(b"eXIf", exif(3)) + compressed)
    yield "turned_text_xmp", png(samples, 2, 8, chunks=chunk(b"tEXt", head + b'<x tiff:Orientation="6"/>'))


def decode_files():
    sizes = {}
    for name, data in [*png_files(), *jpeg_files(), *orientation_files()]:
        store("encoded/" + name, data)
        image = ImageFeature().decode_example({"bytes": data, "path": None}).convert("RGB")
        sizes[name] = [image.height, image.width]
        store_pixels("decoded/" + name, image)
    return sizes


# Sizes.

SIZES = [
    ((23, 37), [(23, 37), (11, 18), (22, 36), (24, 38), (46, 20), (5, 53), (1, 1), (23, 9), (31, 37), (7, 5), (17, 34), (16, 34)]),
    ((1, 1), [(4, 3)]),
    ((1, 60), [(2, 9)]),
    ((90, 2), [(13, 5)]),
    ((90, 30), [(20, 12), (40, 28)]),
    ((200, 300), [(7, 9)]),
]


def resize_cases():
    cases = []
    for channels in [1, 3]:
        for source, targets in SIZES:
            image = Image.fromarray(noise(*source, channels, 11))
            for target in targets:
                for code in range(6):
                    resized = image.resize((target[1], target[0]), resample=code)
                    cases.append(
                        {"source": source, "target": target, "channels": channels, "filter": code}
                        | {"bytes": np.array(resized).tobytes()}
                    )
    store_pixels("resized", np.frombuffer(b"".join(case.pop("bytes") for case in cases), np.uint8))
    return cases


# The processor.

USUAL = {"size": {"shortest_edge": 32}, "crop_size": {"height": 32, "width": 32}}
CONFIGURATIONS = {
    "usual": USUAL,
    "old_spelling": {"size": 32, "crop_size": 32, "feature_extractor_type": "CLIPFeatureExtractor"},
    "square": {"size": {"height": 24, "width": 40}, "crop_size": {"height": 24, "width": 24}},
    "crop_larger": {"size": {"shortest_edge": 20}, "crop_size": {"height": 33, "width": 26}},
    "crop_without_resize": {"do_resize": False, "crop_size": {"height": 31, "width": 44}},
    "bilinear": USUAL | {"resample": 2},
    "lanczos": USUAL | {"resample": 1},
    "nearest": USUAL | {"resample": 0},
    "no_crop": {"size": {"height": 19, "width": 21}, "do_center_crop": False},
    "no_rescale": USUAL | {"do_rescale": False},
    "no_normalize": USUAL | {"do_normalize": False},
    "raw": USUAL | {"do_rescale": False, "do_normalize": False},
    "other_numbers": USUAL | {"image_mean": [0.5, 0.4, 0.3], "image_std": [0.1, 0.2, 0.7], "rescale_factor": 0.01},
    "one_number": USUAL | {"image_mean": 0.5, "image_std": 0.25},
}
IMAGES = [(50, 40, 3), (40, 51, 3), (32, 32, 3), (30, 77, 1)]


def processor_cases():
    cases, values = [], b""
    for name, configuration in CONFIGURATIONS.items():
        text = json.dumps({"image_processor_type": "CLIPImageProcessor"} | configuration)
        if "feature_extractor_type" in configuration:
            text = json.dumps(configuration)
        store(f"processors/{name}.json", text.encode())
        processor = CLIPImageProcessorPil.from_pretrained(FOLDER / "processors" / f"{name}.json")
        for source in IMAGES:
            image = Image.fromarray(noise(*source, 21)).convert("RGB")
            tensor = processor(images=[image], return_tensors="np")["pixel_values"][0]
            assert tensor.dtype == np.float32 or name == "raw", tensor.dtype
            cases.append({"processor": name, "source": source, "shape": tensor.shape})
            values += tensor.astype("<f4").tobytes()
    saved = CLIPImageProcessorPil(**USUAL)
    store("processors/saved/preprocessor_config.json", json.dumps(saved.to_dict()).encode())
    nested = {"image_processor": saved.to_dict(), "processor_class": "CLIPProcessor"}
    store("processors/nested/processor_config.json", json.dumps(nested).encode())
    store_pixels("processed", np.frombuffer(values, np.uint8))
    return cases


# Corruptions, by the formulas of ImageNet-C, with the noise of the tests.


def corrupted(pixels):
    x = pixels / 255.0
    means = np.mean(x, axis=(0, 1), keepdims=True)
    for factor in [0.75, 0.5, 0.4, 0.3, 0.15]:
        yield np.clip((x - means) * factor + means, 0, 1) * 255
    normal = (noise(*pixels.shape, 31).astype(np.float32) - 128) / 64
    for scale in [0.04, 0.06, 0.08, 0.09, 0.10]:
        yield np.clip(x + normal * scale, 0, 1) * 255
    for quality in [80, 65, 58, 50, 40]:
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "JPEG", quality=quality)
        yield np.array(Image.open(file))
    image = Image.fromarray(pixels)
    for factor in [0.95, 0.9, 0.85, 0.75, 0.65]:
        small = image.resize((int(32 * factor), int(32 * factor)), Image.Resampling.BOX)
        yield np.array(small.resize((32, 32), Image.Resampling.BOX))
    layer = (noise(32, 32, 1, 32).astype(np.float32) - 128) / 64
    for sigma, threshold in [(0.7, 0.69), (0.5, 0.68)]:
        liquid = gaussian_filter(0.65 + 0.1 * layer, sigma, mode="nearest", truncate=4)
        cover = gaussian_filter(np.where(liquid > threshold, 1, 0).astype(np.float32), 0.6, mode="nearest", truncate=4)
        cover[cover < 0.8] = 0
        color = np.array([63, 42, 20]) / 255 * cover[..., None]
        yield np.clip(x * (1 - cover[..., None]) + color, 0, 1) * 255


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    expected = {"decoded": decode_files(), "resized": resize_cases(), "processed": processor_cases()}
    results = [result.astype(np.uint8) for result in corrupted(picture(32, 32))]
    store_pixels("corrupted", np.stack(results))
    store_pixels("clean", picture(32, 32))
    store("expected.json", json.dumps(expected).encode())


main()
