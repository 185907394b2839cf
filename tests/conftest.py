"""What holds for every test."""

from ml.torchvision_cpu import install

install()
