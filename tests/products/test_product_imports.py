"""Connecting to one product costs that product's SDK and no other."""

from __future__ import annotations

import subprocess
import sys

import pytest

from refresh_watch.model import Product
from refresh_watch.product_specs.registry import services, spec_of
from tests.all_products import SERVICES

SDKS = sorted({spec.sdk for spec in services()})


@pytest.mark.parametrize("product", SERVICES, ids=str)
def test_only_the_sdk_of_the_product_that_is_asked_is_imported(product: Product) -> None:
    program = (
        "import sys\n"
        "from refresh_watch.credentials import Credentials\n"
        "from refresh_watch.model import Product\n"
        "from refresh_watch.products import calling, connect\n"
        "from refresh_watch.products.polling import look\n"
        "from refresh_watch.settings import Secret, Settings\n"
        "assert not any(name.startswith(('alibabacloud', 'Tea', 'darabonba')) for name in sys.modules)\n"
        f"connect.connect(Product({product.value!r}), Settings(), Credentials('id', Secret('secret')))\n"
        f"print(*[sdk for sdk in {SDKS!r} if sdk in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == spec_of(product).sdk
