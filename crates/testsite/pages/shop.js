for (const button of document.querySelectorAll('button.add')) {
  button.addEventListener('click', async event => {
    event.preventDefault();
    const quantity = Number(button.form?.elements.quantity?.value ?? 1);
    const answer = await fetch('/shop/cart', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sku: button.dataset.sku, quantity }),
    });
    const result = await answer.json();
    if (answer.ok) document.getElementById('cart-count').textContent = result.count;
    const status = document.getElementById('added');
    if (status) status.textContent = result.error ?? 'Added to your cart.';
  });
}
